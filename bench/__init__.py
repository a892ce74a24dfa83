"""Benchmarks: each module here offers `figures()`, which yields what it measured."""
