"""Many tables made at once are the tables that their parts make one after another."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, models
from django.db.migrations import Migration
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, AlterField, CreateModel
from django.db.migrations.state import ProjectState

from workflow.tables import MakeTables

APP = "workflow"
CHECK = models.CheckConstraint(condition=~models.Q(name=""), name="no_shelf_without_name")


def parts() -> list[Any]:
    key = ("id", models.BigAutoField(primary_key=True))
    return [
        CreateModel("Shelf", [key, ("name", models.CharField(max_length=20))]),
        CreateModel("Folder", [key, ("shelf", models.ForeignKey("workflow.shelf", models.CASCADE))]),
        AddField("shelf", "newest", models.ForeignKey("workflow.folder", models.CASCADE, null=True)),
        AddConstraint("shelf", CHECK),
        AddIndex("folder", models.Index(fields=["shelf", "id"], name="folders_of_shelf")),
    ]


def apply(operations: list[Any], state: ProjectState, *, back: bool = False) -> ProjectState:
    migration = Migration("at_once", APP)
    migration.operations = operations
    with connection.schema_editor() as editor:
        return (migration.unapply if back else migration.apply)(state, editor)


def tables() -> dict[str, Any]:
    with connection.cursor() as cursor:
        inspect = connection.introspection
        known = [
            table for table in inspect.table_names(cursor) if table in ("workflow_shelf", "workflow_folder")
        ]
        return {
            table: (
                [(c.name, c.type_code, c.null_ok) for c in inspect.get_table_description(cursor, table)],
                sorted(
                    (
                        sorted(found["columns"] or ()),
                        found["unique"],
                        found["index"],
                        found["check"],
                        found["foreign_key"],
                    )
                    for found in inspect.get_constraints(cursor, table).values()
                ),
            )
            for table in known
        }


@pytest.mark.django_db(transaction=True)
def test_the_tables_and_the_history_are_those_of_the_parts():
    found = []
    for operations in (parts(), [MakeTables(parts())]):
        after = apply(operations, ProjectState())
        fields = [(name, list(model.fields), model.options) for name, model in after.models.items()]
        found.append((repr(fields), repr(tables())))
        assert len(tables()) == 2
        apply(operations, ProjectState(), back=True)
        assert tables() == {}
    assert found[0] == found[1]


@pytest.mark.django_db(transaction=True)
def test_the_history_goes_on_from_there():
    wider = AlterField("shelf", "name", models.CharField(max_length=60))
    after = apply([MakeTables(parts()), wider], ProjectState())
    model = after.apps.get_model(APP, "shelf")
    shelf = model.objects.create(name="一")
    assert model._meta.get_field("name").max_length == 60
    assert model.objects.get(newest=None).pk == shelf.pk
    apply([MakeTables(parts())], ProjectState(), back=True)
    assert tables() == {}


def test_what_is_added_to_a_model_made_elsewhere_is_refused():
    with pytest.raises(ValueError, match="not made here"):
        MakeTables([AddConstraint("drawer", CHECK)])


def test_the_plan_says_how_many():
    assert MakeTables(parts()).describe() == "Make 2 tables"
