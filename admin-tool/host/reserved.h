/*
 * Names with a meaning: reserved.txt, as a lookup.
 */
#ifndef CODER_RESERVED_H
#define CODER_RESERVED_H

/* To whom a user or group of this name means something, for "a name with a meaning (%s)"; NULL:
 * to nobody. Lives for ever. */
const char *reserved_name(const char *name);

#endif
