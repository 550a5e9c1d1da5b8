"""Groups of records: which part of which group a record is, where groups are kept, and how they are told to go on."""
