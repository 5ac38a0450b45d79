"""One reader for each format; each turns what a program exported into entries, in the order of the file."""
