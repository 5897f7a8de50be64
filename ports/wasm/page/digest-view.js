// The digest that this browser computes beside that of a workstation, which the build writes into workstation.json.

export async function showDigest(model, workstation, isBundled) {
  const here = document.getElementById('digest-here');
  const there = document.getElementById('digest-there');
  const mark = document.getElementById('digest-mark');
  here.textContent = '…';
  mark.className = 'mark';
  mark.textContent = 'computing';
  const { context, sinks, kv, hotWindow } = workstation;
  there.textContent = isBundled ? workstation.digest : `ringlet digest FILE --kv ${kv} --hot-window ${hotWindow}`;
  const own = Math.min(context, model.architecture.trainedContext);
  here.textContent = await model.digest({ context: own, sinks, kv, hotWindow });
  if (!isBundled) {
    mark.textContent = 'This command prints the same digest of your file on a workstation.';
    return;
  }
  const equal = here.textContent === workstation.digest;
  mark.classList.add(equal ? 'equal' : 'different');
  mark.textContent = equal ? '✓ equal' : '✗ different';
}
