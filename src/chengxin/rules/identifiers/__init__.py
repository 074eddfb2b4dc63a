"""标识码: is this text a possible number of the declared kind? Never: which kind is it?"""
