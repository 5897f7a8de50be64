# The two models of main.c: the same file with two plans.
vpath main.c ..

consumer:  # the first target

main.o: storyteller.h large.h
storyteller.h: $(MODEL)
	$(PROGRAM) plan $< --threads 1 --context 64 --kv int8 --prefill-chunk 4 --header $@ > /dev/null
	echo 'extern const unsigned char ringlet_model_storyteller[], ringlet_model_storyteller_end[];' >> $@
large.h: $(MODEL)
	$(PROGRAM) plan $< --threads 1 --context 96 --kv int4 --prefill-chunk 7 --name large --header $@ > /dev/null
	echo 'extern const unsigned char ringlet_model_large[], ringlet_model_large_end[];' >> $@
storyteller.o large.o: ../model.S $(MODEL)
	$(CC) -DMODEL='"$(MODEL)"' -DNAME=ringlet_model_$(@:.o=) -c $< -o $@
