"""公共信用信息目录: what may be collected, from whom, under which article."""
