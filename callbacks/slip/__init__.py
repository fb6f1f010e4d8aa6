"""What a venue does with its slip, without an account: it sees its file, objects, answers, says that it complied."""
