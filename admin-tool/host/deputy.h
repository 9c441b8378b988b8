/*
 * A deputy: a child that does what may hang (a user's folders, another machine's disk), waited for so long
 * and no longer.
 */
#ifndef CODER_DEPUTY_H
#define CODER_DEPUTY_H

#include <stdbool.h>
#include <stddef.h>

/* In the child: looks or works, and writes its answer into ret, which was zeroed. It has no descriptor of
 * ours, and its signals are as after exec: Ctrl-C ends it even where we hold it. */
typedef void deputy_work(const void *context, void *ret);

/*
 * Run `work` in a child for at most `seconds` of the clock on the wall. True: *ret (size octets) is
 * what it wrote. False: no child, no answer, or none in time; ret is unchanged. It is killed
 * then; where the kernel does not let it go it stays behind, and ends by itself when it can.
 */
bool deputy_ask(deputy_work *work, const void *context, void *ret, size_t size, unsigned seconds);

#endif
