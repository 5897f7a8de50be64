// Reset of a RISC-V processor, in machine mode: write-protects the code, enables the floating-point
// unit, sets up the stack, and calls start(). All harts except the first sleep forever.


    .option arch, +zicsr
    .section .vectors, "ax"
    .global reset_handler
reset_handler:
    csrr  a0, mhartid
    beqz  a0, first_hart
sleep:
    wfi
    j     sleep

first_hart:
    la    sp, stack_top
    la    tp, thread_block
    csrw  mie, zero             // no interrupts

    // A locked entry of the physical memory protection holds in machine mode too: code and model can
    // be read and executed. Processors without it trap, and continue here.
    la    a0, unprotected
    csrw  mtvec, a0
    la    a0, image_begin
    srli  a0, a0, 2
    csrw  pmpaddr0, a0
    la    a0, ram_begin
    srli  a0, a0, 2
    csrw  pmpaddr1, a0
    li    a0, 0x8d00            // entry 1, from address 0 to address 1: locked, execute, read
    csrw  pmpcfg0, a0
    .balign 4
unprotected:
    la    a0, trap_handler
    csrw  mtvec, a0
#if defined(__riscv_flen)
    li    a0, 0x2000            // mstatus.FS: the float unit is on
    csrs  mstatus, a0
    csrw  fcsr, zero            // it rounds to nearest; RISC-V always keeps denormals
#endif
#if defined(__riscv_v)
    li    a0, 0x200             // mstatus.VS: so are vectors
    csrs  mstatus, a0
#endif
    call  start

// No trap is expected. The stack may have no room left; the report starts at its top.
    .balign 4
trap_handler:
    la    sp, stack_top
    csrr  a0, mcause
    csrr  a1, mepc
    csrr  a2, mtval
    call  report_trap

// Thread-local storage of the only thread: errno, which picolibc's functions set.
    .bss
    .balign 64
thread_block:
    .skip 64
