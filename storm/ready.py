"""Django as every process of a storm needs it: set up once, in the process that they fork from.

Nothing here speaks to the database: processes cannot share a connection.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "o2c.settings")
django.setup()

from o2c.kernel import locks  # noqa: E402  Django comes first

locks.IS_STRICT = True
