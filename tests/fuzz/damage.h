/*
 * damage.h - a directory file bent as an input says, with checksums corrected where it says so.
 */
#ifndef CODER_FUZZ_DAMAGE_H
#define CODER_FUZZ_DAMAGE_H

#include "../unit/fixture/fixture_directory.h"
#include "fuzz.h"

struct damaged {
    unsigned char *file; /* of its exact size; the caller's, from malloc */
    size_t size;
    bool forged; /* a checksum was corrected or overwritten: it no longer protects anything */
    bool swapped; /* records stand in another order */
};

/* Bend it until the input ends or says so. `plain`: no checksum is touched. */
void damage_apply(struct fuzz_input *input, bool plain, struct damaged *damaged);

#endif
