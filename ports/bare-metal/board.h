/* The console of board.hpp for C. The return value of main() is the exit status. */
#ifndef RINGLET_PORTS_BOARD_H
#define RINGLET_PORTS_BOARD_H

#ifdef __cplusplus
extern "C" {
#endif

/* Writes text to the console. */
void ringlet_board_write(const char* text);

#ifdef __cplusplus
}
#endif
#endif
