"""What granian serves: the WSGI application of a process that has warmed up, or has tried to for some seconds."""

from chengxin.config.warming import begin
from chengxin.config.wsgi import application as application

# A process that begins to answer a little later is better than a first visitor who waits.
begin().join(timeout=10)
