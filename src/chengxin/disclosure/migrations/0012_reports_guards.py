"""What a report was made of, its files, withdrawals and checks are written once; content may only be blanked."""

from django.db import migrations

from chengxin.disclosure.guards import REPORT_CHECKS, REPORT_FILES, REPORT_PAPERS, REPORT_WITHDRAWALS
from chengxin.storage.guards import operation


class Migration(migrations.Migration):
    """Puts the guards of reports up."""

    dependencies = [("disclosure", "0011_reports")]
    operations = [operation(REPORT_PAPERS, REPORT_FILES, REPORT_WITHDRAWALS, REPORT_CHECKS)]
