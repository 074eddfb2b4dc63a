"""What granian serves: the WSGI application of a process that has warmed up, or has tried to for some seconds."""

# Whatever warms up needs Django to be set up, which importing the application does, so that comes first.
from chengxin.config.wsgi import application as application

# isort: split
from chengxin.config.warming import begin

# A process that begins to answer a little later is better than a first visitor who waits.
begin().join(timeout=10)
