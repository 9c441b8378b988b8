#!/bin/bash
# users apply creates, edits, suspends and deletes in one go: killed at each call that writes, it did all of it or nothing.
FAULTS_AT='write|fallocate|pwrite64|fsync|fdatasync|ftruncate|rename|unlink|fchmod|mkdir|copy_file_range' \
    exec "$(dirname "$0")/kill.sh" apply
