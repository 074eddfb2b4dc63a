"""What a second person was asked and decided is written once."""

from django.db import migrations

from chengxin.disclosure.guards import APPROVALS, ORDERS_AT_FIRST, PROTECTIONS
from chengxin.storage.guards import operation


class Migration(migrations.Migration):
    """Puts the guards of approvals, orders and protected subjects up."""

    dependencies = [("disclosure", "0015_enquiry_orders")]
    operations = [operation(PROTECTIONS, APPROVALS, ORDERS_AT_FIRST)]
