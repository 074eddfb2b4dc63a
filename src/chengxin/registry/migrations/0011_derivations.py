"""A derivation stands once for all the versions it is true of, instead of a copy in each."""

from collections import defaultdict

from django.db import migrations, models

from chengxin.registry.drafts import key_of
from chengxin.registry.guards import DERIVATIONS, VERSIONS, VERSIONS_AT_FIRST
from chengxin.storage.guards import operation, taken_down
from chengxin.storage.indexes import without_pattern_index

_PIECE = 2_000


def _share(apps, _editor):
    version, derivation = apps.get_model("registry", "RecordVersion"), apps.get_model("registry", "Derivation")
    after = 0
    while rows := list(version.objects.filter(id__gt=after).order_by("id").values_list("id", "derivation")[:_PIECE]):
        after, alike, steps = rows[-1][0], defaultdict(list), {}
        for identifier, held in rows:
            if held:
                alike[key_of(held)].append(identifier)
                steps[key_of(held)] = held
        derivation.objects.bulk_create((derivation(key=k, steps=s) for k, s in steps.items()), ignore_conflicts=True)
        for key, identifiers in alike.items():
            version.objects.filter(id__in=identifiers).update(derived_by=key)


def _copy(apps, _editor):
    version, derivation = apps.get_model("registry", "RecordVersion"), apps.get_model("registry", "Derivation")
    for key, steps in derivation.objects.values_list("key", "steps").iterator():
        version.objects.filter(derived_by=key).update(derivation=steps)


class Migration(migrations.Migration):
    """Moves every derivation into a table of its own and drops an index no search uses."""

    dependencies = [("registry", "0010_records_of_subject")]
    operations = [
        taken_down(VERSIONS_AT_FIRST),
        migrations.CreateModel(
            "Derivation",
            [
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("steps", models.JSONField()),
            ],
            options={"verbose_name": "推导"},
        ),
        migrations.AddField("recordversion", "derived_by", models.CharField(blank=True, default="", max_length=64)),
        migrations.RunPython(_share, _copy),
        migrations.RemoveField("recordversion", "derivation"),
        operation(VERSIONS, DERIVATIONS),
        without_pattern_index("registry", "record", "sameness"),
    ]
