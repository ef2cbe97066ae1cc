"""What a word is, once for every count in the project: a run of letters, marks and digits.

`\\w` of Python's `re` is letters and digits but not combining marks, so a stress mark or an
Arabic vowel sign would cut a word in two; the Unicode categories are spelled out instead.
"""
