"""Exact's dialect of OData (chapter 3): literals, filters, queries, answers and bodies."""
