"""Rules over plans and templates: what may be deployed here, what needs an approval, and how to put it right."""
