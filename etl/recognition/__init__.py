"""What a sheet is: its header, its columns, its kind; it reads no file and judges no row.

The story is told by ``kind_of_file.recognise``. Of each sheet

1. ``head`` tidies the first rows, once;
2. ``header`` lists the rows that may be a header (candidates);
3. ``weighing`` weighs each as the header of a kind: ``claims`` says which column claims to be what, by its heading
   (``columns``) or by a person's choice, ``content`` names columns by their cells, ``titles`` reads what stands above;
4. ``sheets`` chooses one layout for each kind that fits, and says what speaks against it.

``kind_of_file`` has the last word: the one kind of all sheets, or the question to the clerk. ``found`` only shows a
person what was taken for what.
"""
