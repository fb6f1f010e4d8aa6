"""What is looked at: filters, the snapshot read for them, the legend; it draws no panel."""
