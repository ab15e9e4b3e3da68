"""Where a build spends its time and memory, beside the obvious way in the same run: `python -m benchmarks`.

::

    __main__   which suites, how often; the only module that prints
    suites     the registry: a name, a sentence, a function that answers tables
    measure    whole processes: wall, user, peak memory, medians
    table      columns of figures
    build      a build in its cases, and the obvious way
    stages     one cold build taken apart, in a process of its own
    article    an edition as plain data, for the obvious way
    mail, mail_sending   mails a second, the ledger, a million readers
    plain/     the obvious way: a script and a template
"""
