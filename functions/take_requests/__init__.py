"""What stands in front of a queue: it keeps bodies that no message holds, and queues what a gateway has let in."""
