"""The database itself refuses to give an expert a nominee from whom the expert is recused.

A duty that was given up stands beside its recusal, so only duties that count are looked at. Whoever alters one of the
two tables later puts the triggers aside first: SQLite makes an altered table anew and forgets its triggers.
"""

from django.db import migrations

DUTY = "NEW.state IN ('drawn', 'accepted')"
RECUSED = """EXISTS (SELECT 1 FROM selection_recusal r
WHERE r.nomination_id = NEW.nomination_id AND r.expert_id = NEW.expert_id)"""
MOVED = """(OLD.nomination_id <> NEW.nomination_id OR OLD.expert_id <> NEW.expert_id
OR OLD.state NOT IN ('drawn', 'accepted'))"""

SQLITE = (
    f"""CREATE TRIGGER selection_recused_pair_insert BEFORE INSERT ON selection_assignment
WHEN {DUTY} AND {RECUSED}
BEGIN SELECT RAISE(ABORT, 'conflict_of_interest: the expert is recused from this nominee'); END;""",
    f"""CREATE TRIGGER selection_recused_pair_update BEFORE UPDATE ON selection_assignment
WHEN {DUTY} AND {MOVED} AND {RECUSED}
BEGIN SELECT RAISE(ABORT, 'conflict_of_interest: the expert is recused from this nominee'); END;""",
)
POSTGRES = (
    f"""CREATE OR REPLACE FUNCTION selection_recused_pair() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
IF {RECUSED} THEN
RAISE EXCEPTION 'conflict_of_interest: the expert is recused from this nominee' USING ERRCODE = 'check_violation';
END IF;
RETURN NEW;
END $$;""",
    f"""CREATE TRIGGER selection_recused_pair_insert BEFORE INSERT ON selection_assignment
FOR EACH ROW WHEN ({DUTY}) EXECUTE FUNCTION selection_recused_pair();""",
    f"""CREATE TRIGGER selection_recused_pair_update BEFORE UPDATE ON selection_assignment
FOR EACH ROW WHEN ({DUTY} AND {MOVED}) EXECUTE FUNCTION selection_recused_pair();""",
)


def refuse(apps, schema_editor):
    for statement in POSTGRES if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def allow(apps, schema_editor):
    on = " ON selection_assignment" if schema_editor.connection.vendor == "postgresql" else ""
    for when in ("insert", "update"):
        schema_editor.execute(f"DROP TRIGGER selection_recused_pair_{when}{on}")


class Migration(migrations.Migration):
    dependencies = [("selection", "0002_experts_scores_notices_objections")]
    operations = [migrations.RunPython(refuse, allow)]
