"""What granian serves: the WSGI application, which warms up as soon as its process has started."""

from chengxin.config.warming import begin
from chengxin.config.wsgi import application as application

begin()
