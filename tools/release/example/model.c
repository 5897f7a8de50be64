/* The bytes of a model file, in memory that is only read. A model may also be in a partition of its
   own; its address must be a multiple of 64. */
#ifndef MODEL_FILE
#define MODEL_FILE "example/storyteller.ringlet"
#endif
#ifndef MODEL_SECTION
#define MODEL_SECTION ".rodata"
#endif

__asm__(".section " MODEL_SECTION
        ", \"a\"\n"
        ".balign 64\n"
        ".globl storyteller_model\n"
        "storyteller_model:\n"
        ".incbin \"" MODEL_FILE
        "\"\n"
        ".globl storyteller_model_end\n"
        "storyteller_model_end:\n"
        ".previous\n");
