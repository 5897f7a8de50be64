// The script of a worker: new Worker(new URL('…/worker.js', import.meta.url), { type: 'module' }).
import { serve } from './serve.js';

serve(self);
