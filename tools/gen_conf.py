#!/usr/bin/env python3
"""Make tables/conf.def from a list of Spark's settings (one JSON object per line).

usage: tools/gen_conf.py spark-4.3-conf.jsonl > tables/conf.def

Rows come out sorted by key, so that session/conf.c can search them without any work at start.
"""
import json
import sys

HEAD = '''/*
 * tables/conf.def - every setting Spark 4.3.0 registers.  Made by tools/gen_conf.py; do not edit.
 *
 * CONF("key", type, default, shown, scope, access, public, rejects, unit, options, fallback, version, removed)
 *   type      BOOLEAN INT LONG DOUBLE DECIMAL STRING LIST BYTES TIME ENUM REGEX, or NONE for removed and merely deprecated keys
 *   default   text form; NULL: none
 *   shown     what reading the setting gives when it is not set, where that is not the default's text (units in full); else NULL
 *   scope     SQL, CONNECT or CORE: core settings cannot be changed through a session
 *   access    RUNTIME, STATIC, or FIXED (registered, neither changeable nor static)
 *   public    1: shown by SET -v
 *   rejects   "", "-1", "0" or "-1 0": the smallest values that are refused
 *   unit      what a bare number means: B KiB MiB s ms us; "" for other types
 *   options   accepted values of an ENUM, comma-separated
 *   fallback  key whose value stands in for a missing one; NULL: none
 *   removed   version a removed key went away in; setting it to anything but the default is an error; NULL: not removed
 * Sorted by key.
 */
'''
TYPES = {'boolean': 'BOOLEAN', 'int': 'INT', 'long': 'LONG', 'double': 'DOUBLE', 'decimal': 'DECIMAL', 'string': 'STRING',
         'string list': 'LIST', 'bytes': 'BYTES', 'time': 'TIME', 'enum': 'ENUM', 'regex': 'REGEX', None: 'NONE'}


def text(value):
    if value is None:
        return 'NULL'
    return '"' + str(value).replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n') + '"'


def row(r):
    fallback = r.get('fallback')
    core = r['scope'] == 'core'                # core defaults cannot be read through a session
    default = None if fallback or core else r.get('default')
    shown = None if fallback or core else r.get('get')
    access = 'STATIC' if r.get('static') else 'RUNTIME' if r.get('modifiable') else 'FIXED'
    return 'CONF(%s, %s, %s, %s, %s, %s, %d, %s, %s, %s, %s, %s, %s)' % (
        text(r['key']), TYPES[r.get('type')], text(default), text(shown), r['scope'].upper(), access, bool(r.get('public')),
        text(' '.join(r.get('rejects', []))), text(r.get('unit', '')), text(','.join(r.get('options', []))), text(fallback),
        text(r.get('version', '')), text(r.get('removed')))


def main():
    rows = [json.loads(line) for line in open(sys.argv[1], encoding='utf-8')]
    print(HEAD, end='')
    for r in sorted(rows, key=lambda r: r['key'].encode()):
        print(row(r))


if __name__ == '__main__':
    main()
