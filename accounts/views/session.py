"""Signing in and out, the first password, the language."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.tokens import default_token_generator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme, urlsafe_base64_decode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions, demo
from accounts.errors import SignInRefused
from accounts.forms.session import NewPasswordForm, SignInForm
from accounts.models import User
from accounts.views.gate import person

BACKEND = "django.contrib.auth.backends.ModelBackend"
ONE_YEAR = 365 * 24 * 3600


def _safe_next(request: HttpRequest, default: str) -> str:
    back = request.POST.get("next") or request.GET.get("next") or ""
    return (
        back if url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()) else default
    )


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password; then back to the page that was asked for."""
    if request.method != "POST" and request.user.is_authenticated:
        return redirect(_safe_next(request, "home"))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = actions.sign_in.sign_in(form.cleaned_data["username"], form.cleaned_data["password"])
        except SignInRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _enter(request, user)
    context = {"form": form, "next": _safe_next(request, ""), "demo_accounts": demo.accounts()}
    return render(request, "accounts/sign_in.html", context, status=422 if form.errors else 200)


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    login(request, user, backend=BACKEND)
    response = redirect(_safe_next(request, "home"))
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        _remember(response, user.language)
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave; a page opened again asks for the password."""
    actions.sign_in.sign_out(person(request))
    logout(request)
    messages.success(request, _("已退出登录"))
    return redirect("sign_in")


@login_not_required
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Chinese or English, kept in a cookie and, for people with an account, for their messages."""
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(_safe_next(request, "/"))
    if language in dict(settings.LANGUAGES):
        _remember(response, language)
        if request.user.is_authenticated:
            actions.user.choose_language(person(request), by=person(request), language=language)
    return response


def _remember(response: HttpResponse, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=ONE_YEAR,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _invited(uid: str, token: str) -> User:
    try:
        user = User.objects.filter(pk=int(urlsafe_base64_decode(uid)), is_active=True).first()
    except (ValueError, OverflowError):
        user = None
    if user is None or not default_token_generator.check_token(user, token):
        raise Http404
    return user


@login_not_required
@never_cache
@sensitive_post_parameters("new_password", "repeated")
@require_http_methods(["GET", "HEAD", "POST"])
def set_password(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """The page behind the one-time link: a password, typed twice."""
    user = _invited(uid, token)
    form = NewPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        actions.user.set_password(user, by=user, password=form.cleaned_data["new_password"])
        messages.success(request, _("密码已设置，请登录"))
        return redirect("sign_in")
    context = {"form": form, "person": user}
    return render(request, "accounts/set_password.html", context, status=422 if form.errors else 200)
