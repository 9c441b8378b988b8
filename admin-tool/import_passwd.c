#include "import.h"
enum status import_passwd_read(struct import_batch *batch) { (void)batch; return GO_ON; }
