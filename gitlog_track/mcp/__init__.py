"""The MCP server: agents ask the log. The only importer of the SDK, which is an extra."""
