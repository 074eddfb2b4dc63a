"""The log's tables: entries, the sealed openings of their commitments, Merkle tiles and signed checkpoints."""

from __future__ import annotations

from django.db import models

from chengxin.vault.models import DataKey


class Entry(models.Model):
    """One leaf: a canonical JSON body without personal content. Only ``index`` is ever filled in later, once."""

    id = models.BigAutoField(primary_key=True)
    index = models.BigIntegerField(null=True, unique=True)
    kind = models.CharField(max_length=60)
    body = models.BinaryField()
    leaf_hash = models.BinaryField(max_length=32)
    written_at = models.DateTimeField()


class Opening(models.Model):
    """What opens an entry's commitment: salt and payload, sealed together; deleting it or its key is erasure.

    A null ``key`` means the platform's own ledger key, for payloads that belong to no single subject.
    """

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="+")
    key = models.ForeignKey(DataKey, null=True, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()


class Tile(models.Model):
    """Up to 256 neighbouring nodes of one level; ``inner`` holds the complete nodes above them."""

    id = models.BigAutoField(primary_key=True)
    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()
    inner = models.BinaryField(default=bytes)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="ledger_tile_once")]


class Checkpoint(models.Model):
    """A signed tree head (C2SP signed note) with the peaks of the tree at that size."""

    id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField(unique=True)
    root = models.BinaryField(max_length=32)
    peaks = models.BinaryField()
    note = models.TextField()
    at = models.DateTimeField()
