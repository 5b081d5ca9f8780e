"""A MongoDB engine for Django: django-mongodb-backend, made to run SQL projects as is.

    DATABASES = {"default": {"ENGINE": "project.mongo", "HOST": "mongodb://…/name"}}

MongoDB's own backend asks a project to change: ObjectId keys, copies of the migrations
of every app, no transactions in `django.db.transaction`. This engine is a thin layer on
top of it that takes a project as PostgreSQL or SQLite would, third-party migrations
included. It imports nothing of the project around it.

What differs from the stock backend, and where the reason is written down:

    base.py          puts the parts together; conditions that an index answers alone
    transactions.py  `transaction.atomic` is a transaction on a replica set
    errors.py        PyMongo's errors as Django's, with their messages
    sequences.py     whole numbers for AutoField
    schema.py        indexes that the planner uses; changes of columns keep them
    checks.py        CHECK constraints as document validators
    compiler.py      inserts; counts; many-to-many prefetch; refuses what MongoDB cannot
    query.py         sorts and cuts the page before it joins; sub-queries stop with it
    joins.py         joins whose condition is on the other side begin there
    lookups.py       `__in` sub-queries run first; prefetches by an index; UUID patterns
    values.py        tuples in `bulk_update` as their field keeps them
    parts.py         `__contains` by an index, for fields that say so
    upsert.py        bulk_create(ignore_conflicts=True) inside a transaction
    operations.py features.py validation.py  the switches that go with the above

It overrides internals, so the version of django-mongodb-backend is pinned, and each
difference has a test. Not possible on MongoDB, and refused with NotSupportedError:
`distinct("field")`, window functions, raw SQL and `extra()`, `update()` and `delete()`
over a join. Foreign keys and `max_length` are kept by Django alone.

Settings of the connection go into the URL, or into OPTIONS as MongoClient names them.
"""
