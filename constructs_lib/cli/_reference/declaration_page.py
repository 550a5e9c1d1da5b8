"""The page of every field of a declaration."""

from __future__ import annotations

from constructs_lib.cli._reference.field_tables import FieldTables
from constructs_lib.cli._reference.kind_pages import elsewhere
from constructs_lib.cli._reference.markdown import page, prose
from constructs_lib.declaration.schema import json_schema

_WRITING = """\
A declaration is one YAML or JSON file. Durations are whole numbers with `s`, `m`, `h` or `d`. Where a default is
"absent", the meaning says what follows from that.

An editor completes fields when the first line names the schema:

```yaml
# yaml-language-server: $schema=../constructs_lib/declaration/pipeline.schema.json
```"""


def declaration_page() -> str:
    """Return the page; kinds are described on pages of their own."""
    schema = json_schema()
    tables = FieldTables(schema["$defs"], elsewhere("reference/declaration.md"), "##")
    return page("The declaration", prose(schema["description"]), _WRITING, *tables.of(schema))
