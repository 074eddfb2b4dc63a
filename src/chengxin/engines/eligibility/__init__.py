"""修复资格: who may be restored on a day, over a whole register; one meaning at two speeds."""
