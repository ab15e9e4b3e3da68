"""What came out, held against what it was made from: nothing printed that is not so."""
