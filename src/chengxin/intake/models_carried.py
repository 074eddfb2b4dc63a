"""沿用: by which a row that is sent again unchanged is known, and whose verdict it kept."""

from __future__ import annotations

from django.db import models


class RowDigests(models.Model):
    """报送行摘要: some rows of one file as keyed digests, so that the same rows are known when the file comes again.

    ``shape`` stands for agency, item and headings; ``basis`` for the law and the columns by which rows were judged.
    ``packed`` holds 4 bytes of row number and 16 of digest for every row.
    """

    submission = models.ForeignKey("intake.Submission", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    shape = models.CharField(max_length=64)
    basis = models.CharField(max_length=64)
    packed = models.BinaryField()

    class Meta:
        verbose_name = "报送行摘要"
        constraints = [models.UniqueConstraint(fields=["submission", "number"], name="one_piece_of_digests")]
        indexes = [models.Index(fields=["shape", "-id"], name="digests_newest_first")]


class Carried(models.Model):
    """沿用结论: a row that was sent again unchanged and was not judged again, and the row whose verdict it kept."""

    row = models.OneToOneField("intake.SubmissionRow", primary_key=True, on_delete=models.PROTECT, related_name="+")
    kept = models.ForeignKey("intake.SubmissionRow", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "沿用结论"
