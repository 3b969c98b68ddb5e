"""The command line, from the text of an expression to a table or a picture.

::

    scan         the signs of an expression, before Python's parser sees them
    expression   parse: an ast whitelist, turned into a list of steps; nothing is ever run as code
    machine      the steps, carried out on Values, with every size bounded
    arguments    options and help
    cli          the commands
"""
