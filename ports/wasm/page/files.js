// Model files of the reader's own, by drag and drop or by the button.

export function acceptFiles(open) {
  const input = document.getElementById('file');
  input.addEventListener('change', () => {
    if (input.files.length > 0) open(input.files[0]);
    input.value = '';
  });
  const holdsFiles = (event) => event.dataTransfer?.types.includes('Files');
  window.addEventListener('dragover', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    document.body.classList.add('dropping');
  });
  window.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) document.body.classList.remove('dropping');
  });
  window.addEventListener('drop', (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    document.body.classList.remove('dropping');
    if (event.dataTransfer.files.length > 0) open(event.dataTransfer.files[0]);
  });
}
