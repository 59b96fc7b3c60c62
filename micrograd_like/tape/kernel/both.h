/* body.h for both kinds of numbers; module.c includes this once for each kind of processor. */

#define real double
#define whole int64_t
#define VARIANT JOIN(double, PROCESSOR)
#if VBYTES == 16
#define LANES 2
#elif VBYTES == 32
#define LANES 4
#else
#define LANES 8
#endif
#include "body.h"
#undef real
#undef whole
#undef VARIANT
#undef LANES

#define real float
#define whole int32_t
#define VARIANT JOIN(float, PROCESSOR)
#if VBYTES == 16
#define LANES 4
#elif VBYTES == 32
#define LANES 8
#else
#define LANES 16
#endif
#include "body.h"
#undef real
#undef whole
#undef VARIANT
#undef LANES

#undef PROCESSOR
#undef VBYTES
#undef TILE_VECTORS
#undef REDUCE_TOGETHER
