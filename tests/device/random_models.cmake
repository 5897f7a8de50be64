# Shapes of the random models whose digests tests/golden/bundled_digests.hpp has.
set(random_int8_shape llama:dim=128,layers=2,heads=4,kv_heads=2,ffn=384,vocab=1024,context=512,tied=1)
set(random_hybrid_shape llama:dim=64,layers=3,heads=4,kv_heads=2,ffn=96,vocab=320,context=512,tied=1,conv=3,attention=1)
set(random_delta_shape llama:dim=32,layers=3,heads=2,kv_heads=1,head_dim=16,ffn=64,vocab=320,context=512,tied=1,conv=4,state_heads=4,state_key_heads=2,state_head_dim=32,state_key_dim=16,attention=1)
set(random_layered_shape llama:dim=32,layers=4,heads=2,kv_heads=1,head_dim=16,ffn=16,vocab=260,context=512,tied=1,window=40,local_head_dim=8,readers=1,reader_ffn=32,layer_inputs=8,attention=1)
