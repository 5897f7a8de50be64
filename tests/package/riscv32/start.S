// From reset to main(). The emulator starts with zeroed memory, and the image is linked where it
// runs.
  .option arch, +zicsr
  .section .reset, "ax"
  .globl reset
reset:
  csrr a0, mhartid        // one processor runs, the others wait
  bnez a0, park
  la sp, stack_top
  la a0, fault
  csrw mtvec, a0
#if defined(__riscv_flen)
  li a0, 0x6000           // mstatus: the float unit is on
  csrs mstatus, a0
  csrw fcsr, zero         // it rounds to nearest
#endif
#if defined(__riscv_v)
  li a0, 0x600            // and so are vectors
  csrs mstatus, a0
#endif
  call main
  call finish
park:
  wfi
  j park

  .balign 4
fault:
  csrr a0, mcause
  csrr a1, mepc
  call report_fault
