"""Letters, their templates and the words of loudspeakers: what an office edits, signs and reads out."""
