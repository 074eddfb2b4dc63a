"""命令行: the chengxin command."""
