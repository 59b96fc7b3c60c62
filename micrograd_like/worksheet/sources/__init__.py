"""Documents of several parts: notebooks, code in Markdown, words beside the code they explain."""
