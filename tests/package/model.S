// The file MODEL as the read-only bytes NAME to NAME_end, aligned to 64.
#define PASTE(a, b) a##b
#define END_OF(name) PASTE(name, _end)
  .section .rodata
  .balign 64
  .global NAME
NAME:
  .incbin MODEL
  .global END_OF(NAME)
END_OF(NAME):
  .section .note.GNU-stack, "", %progbits
