#include "import.h"
enum status take_over_confirm(struct import_batch *batch) { (void)batch; return GO_ON; }
void take_over(struct import_batch *batch) { (void)batch; }
