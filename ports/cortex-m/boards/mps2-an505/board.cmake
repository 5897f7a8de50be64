# The board has a float unit, which the images of cortex-m33-nofpu do not use.
set(processors cortex-m33 cortex-m33-nofpu)
