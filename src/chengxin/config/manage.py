"""Django's own management commands, for developers: ``python -m chengxin.config.manage makemigrations``."""

import os
import sys


def main() -> None:
    """Run Django's command line with our settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chengxin.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
