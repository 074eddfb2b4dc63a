"""信源单位与用信单位: agencies, people, roles, permissions and the inbox."""
