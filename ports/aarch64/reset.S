// Reset of a 64-bit ARM: enters exception level 1, enables the floating-point unit, sets up stack
// and memory map, and calls start(). All processors except the first sleep forever.

    .section .vectors, "ax"
    .global reset_handler
reset_handler:
    mrs   x0, mpidr_el1
    and   x0, x0, #0xff
    cbz   x0, first_processor
sleep:
    wfi
    b     sleep

first_processor:
    mrs   x0, CurrentEL
    cmp   x0, #(3 << 2)
    b.ne  below_el3
    mov   x0, #0x5b1            // SCR_EL3: lower levels are AArch64, non-secure
    msr   scr_el3, x0
    msr   cptr_el3, xzr         // do not trap floating point
    mov   x0, #0x3c9            // to EL2 with its own stack pointer, interrupts masked
    msr   spsr_el3, x0
    adr   x0, below_el3
    msr   elr_el3, x0
    eret
below_el3:
    mrs   x0, CurrentEL
    cmp   x0, #(2 << 2)
    b.ne  at_el1
    mov   x0, #(1 << 31)        // HCR_EL2: EL1 is AArch64
    msr   hcr_el2, x0
    mov   x0, #0x33ff           // CPTR_EL2: do not trap floating point
    msr   cptr_el2, x0
    mrs   x0, cnthctl_el2       // EL1 can read the clock
    orr   x0, x0, #3
    msr   cnthctl_el2, x0
    msr   cntvoff_el2, xzr
    mov   x0, #0x3c5            // to EL1 with its own stack pointer, interrupts masked
    msr   spsr_el2, x0
    adr   x0, at_el1
    msr   elr_el2, x0
    eret
at_el1:
    mov   x0, #(3 << 20)        // CPACR_EL1: enable floating point and NEON
    msr   cpacr_el1, x0
    isb
    msr   fpcr, xzr             // round to nearest, keep denormals, as numerics require
    ldr   x0, =exception_vectors
    msr   vbar_el1, x0
    ldr   x0, =stack_top
    mov   sp, x0
    mov   x29, xzr
    ldr   x0, =thread_block
    msr   tpidr_el0, x0
    bl    enable_mmu
    b     start
    .ltorg

// Thread-local storage of the only thread: errno, which picolibc's functions set.
    .bss
    .balign 64
thread_block:
    .skip 64

// No exception is expected, so each of the sixteen entries reports it.
    .section .vectors, "ax"
    .balign 2048
exception_vectors:
    .rept 16
    .balign 128
    mrs   x0, esr_el1
    mrs   x1, elr_el1
    mrs   x2, far_el1
    b     report_exception
    .endr
